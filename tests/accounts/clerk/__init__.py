"""Sign-in by Clerk: over real HTTP, the site on a live server and the stand-in beside it."""
