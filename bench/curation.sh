#!/bin/sh
# What is curation worth to a training? bench/curation.sh DIR [CLIPS [SEEDS [STEPS [SAMPLING]]]]
# Makes spoiled toy clips in DIR, curates them, trains on all, on what was kept, on as many at random and on as many
# without fault, and says how well each model does as prompts say, by SAMPLING steps. Goes on where it was stopped.
# PRECISION is that of the trainings (bf16); f32 is faster where bf16 is emulated.
set -eu
[ $# -ge 1 ] || { sed -n 2,5p "$0"; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
clips=${2:-8000}
seeds=${3:-"41 42 43"}
steps=${4:-900}
walk=${5:-24}
root=$(cd "$(dirname "$0")/.." && pwd)
zoetrope="$root/zoetrope"
trial() {
  [ -e "$dir/cp" ] || mvn -q -f "$root/pom.xml" -pl curation -am test-compile dependency:build-classpath \
    -Dmdep.outputFile="$dir/cp" >/dev/null
  "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx2g --enable-native-access=ALL-UNNAMED \
    -cp "$root/curation/target/test-classes:$root/curation/target/classes:$(cat "$dir/cp")" \
    io.zoetrope.curation.SpoiledTrial "$@"
}
[ -e "$dir/truth.jsonl" ] || trial make "$dir" "$clips" 9 128
# By pixels alone. What is best: no stretch stands still, nothing is written, no cut, and the caption fits.
"$zoetrope" curate "$dir/clips" --out "$dir/out" --dry-run \
  --keep 'seconds>=1.9' --keep 'still<=0.5' --keep 'text<=0.02' --keep 'toy-fit>=40%' > "$dir/report.txt"
trial grade "$dir" | tee "$dir/grade.txt"
cd "$dir"
for name in models recipes; do [ -e "$name" ] || ln -s "$root/$name" "$name"; done
for seed in $seeds; do
  for arm in all curated random oracle; do
    run=curation-$arm-$seed
    n=$(wc -l < "arms/$arm/captions.jsonl")
    "$zoetrope" train "$root/recipes/curation.yaml" --resume --set "data.path=$dir/arms/$arm" --set "objective.clips=$n" \
      --set "seed=$seed" --set "steps=$steps" --set "name=$run" --set "precision=${PRECISION:-bf16}" --quiet || echo "$run failed"
    [ -e "$run.json" ] || "$zoetrope" evaluate --model "runs/$run/model" -n 200 --seed 7 --steps "$walk" --json > "$run.json"
    echo "$run $(cut -c1-400 "$run.json")"
  done
done
