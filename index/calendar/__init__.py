"""When: instants, the days that prose names, TimeML on top of them, numbers. Standard library only."""
