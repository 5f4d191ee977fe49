"""Out to where teams look: what live accounts came to, as other services want it."""
