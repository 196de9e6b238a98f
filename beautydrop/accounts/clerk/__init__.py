"""Signing in by Clerk, beside the local sign-in. Off until its keys are set; see README.md, "Clerk"."""
