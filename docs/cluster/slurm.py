"""Workers on Slurm until Enter is pressed. On the login node: pip install dask-jobqueue; python slurm.py 4"""

import sys

from dask_jobqueue import SLURMCluster

if __name__ == "__main__":
    with SLURMCluster() as cluster:
        cluster.scale(jobs=int(sys.argv[1]))
        print(f"cnnkit grade ID --cluster {cluster.scheduler_address}")
        input("Enter ends the workers. ")
