"""What `make bench` measures: training, the build, the pages' weight, the labs' time to paint."""
