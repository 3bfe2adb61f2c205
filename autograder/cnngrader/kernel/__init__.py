"""The student's kernel: `warm` forks it, `keeper` watches over it, `WarmKernel` is its handle here."""
