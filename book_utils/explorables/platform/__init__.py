"""What every lab is: its base class, its traits, its still picture; host, view, links, style."""
