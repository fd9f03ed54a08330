"""The built book for those who read it elsewhere: printed, and on a USB stick."""
