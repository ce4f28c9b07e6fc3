#!/usr/bin/env bash
# Run UCB on the nodes of a Slurm job: sbatch docs/cluster/slurm.sh humaneval --model ./checkpoint
# UCB with its extra `ray` is installed in the environment that sbatch is called from, on a disk
# that all nodes share. Without Docker on the nodes, programs run in bubblewrap.
#SBATCH --job-name=ucb
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --exclusive
#SBATCH --time=04:00:00
set -euo pipefail

port=6379
head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
address=$(srun --nodes=1 --ntasks=1 --nodelist="$head" hostname --ip-address | awk '{print $1}')

# Other users of the same nodes must not be able to join.
export RAY_AUTH_MODE=token
RAY_AUTH_TOKEN=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
export RAY_AUTH_TOKEN
export RAY_USAGE_STATS_ENABLED=0
# Sockets need short paths, and a disk of the node's own.
temporary=/tmp/ray-$SLURM_JOB_ID

# Ray ends with this script, however it ends.
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

srun --nodes=1 --ntasks=1 --nodelist="$head" --overlap \
    ray start --head --node-ip-address="$address" --port="$port" \
    --temp-dir="$temporary" --include-dashboard=false --block &

others=$((SLURM_JOB_NUM_NODES - 1))
if [ "$others" -gt 0 ]; then
    srun --nodes="$others" --ntasks="$others" --exclude="$head" --overlap \
        bash -c "until ray start --address=$address:$port --block; do sleep 5; done" &
fi

# The head is up when it answers.
until srun --nodes=1 --ntasks=1 --nodelist="$head" --overlap \
    ray health-check --address="$address:$port" >/dev/null 2>&1; do
    sleep 2
done

# Nodes that come later get work when they come.
srun --nodes=1 --ntasks=1 --nodelist="$head" --overlap \
    ucb run "$@" --cluster "$address:$port"
