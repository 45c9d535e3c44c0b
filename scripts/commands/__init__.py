"""The families of commands; importing a module adds its commands to `scripts.errand.COMMANDS`."""
