#!/bin/sh
# A sweep as a Slurm job array: each task makes a shard, and a job behind them puts these together.
#
#   sbatch --array=1-16 scenarios/studies/slurm-array.sh OUT SCENARIO NAME=VALUES ... --seeds 100
#   sbatch --dependency=afterok:JOB --wrap 'roundtrip merge OUT.*-of-16 -o OUT'
#
# JOB is the number that the first sbatch prints (--parsable: nothing but it). The shards know
# nothing of each other; a task that was cut short goes on where it was when it is submitted again
# (--requeue, or --array=7 for the seventh alone with SHARDS=16). ROUNDTRIP is the program.
#SBATCH --job-name=roundtrip
#SBATCH --requeue
set -eu
out=$1
scenario=$2
shift 2
shards=${SHARDS:-$SLURM_ARRAY_TASK_COUNT}
exec "${ROUNDTRIP:-roundtrip}" sweep "$scenario" "$@" --shard "$SLURM_ARRAY_TASK_ID/$shards" \
  -j "${SLURM_CPUS_PER_TASK:-1}" -o "$out.$SLURM_ARRAY_TASK_ID-of-$shards"
