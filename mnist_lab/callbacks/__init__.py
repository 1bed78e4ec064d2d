"""Lightning callbacks: each works in any Trainer."""
