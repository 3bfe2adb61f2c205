"""Workers of a JupyterHub's dask-gateway until Enter is pressed: pip install dask-gateway; python gateway.py 4"""

import sys

from dask_gateway import Gateway

if __name__ == "__main__":
    with Gateway().new_cluster(shutdown_on_close=True) as cluster:
        cluster.scale(int(sys.argv[1]))
        print(f"cnnkit grade ID --cluster gateway://{cluster.name}")
        input("Enter ends the workers. ")
