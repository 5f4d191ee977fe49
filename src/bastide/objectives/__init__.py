"""Control objectives: what must hold, which controls tell that it does, and what it answers in every framework."""
