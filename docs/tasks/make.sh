#!/bin/sh
# Makes the pictures of these pages anew, with ./zoetrope alone:
#
#   docs/tasks/make.sh            all of them
#   docs/tasks/make.sh loop roll  those of some pages
#   docs/tasks/make.sh plans      the plans only, which need no model
#
# MODEL, STEPS and SEED choose how; OUT is the folder they go to.
set -eu
cd "$(dirname "$0")/../.."
zoetrope=${ZOETROPE:-./zoetrope}
out=${OUT:-docs/tasks/images}
model=${MODEL:-toybox}
steps=${STEPS:-24}
seed=${SEED:-1}
right="a red ball moves right"
left="a red ball moves left"
round="a red ball moves in a circle"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

make() { # everything that samples
  echo "$*"
  $zoetrope "$@" --model "$model" --steps "$steps" --seed "$seed" --quiet > /dev/null
}

plan() { # TASK: its plan, drawn
  $zoetrope plan "$@" --png "$out/$1-plan.png" --quiet > /dev/null
}

film() { # TASK PROMPT...: its plan, walked
  task=$1
  shift
  make plan "$task" "$@" --gif "$out/$task-walk.gif"
}

source() { # a clip to begin with, as numbered pictures
  [ -d "$work/ball" ] || make generate "$right" -o "$work/ball/"
}

page() {
  case $1 in
    generate)
      film generate "$right"
      make generate "$right" -o "$out/generate.png" ;;
    animate)
      source
      film animate "$right" --source "$work/ball/00000.png"
      make animate "$work/ball/00000.png" "$right" -o "$out/animate.png" ;;
    interpolate)
      source
      film interpolate "$right" --source "$work/ball"
      make interpolate "$work/ball/00000.png" "$work/ball/00015.png" "$right" \
        -o "$out/interpolate.png" ;;
    loop)
      source
      film loop "$round" --source "$work/ball"
      make loop "$work/ball/00000.png" "$round" -o "$out/loop.png" ;;
    extend)
      source
      film extend "$right" --source "$work/ball"
      make extend "$work/ball" "$right" --frames 40 -o "$out/extend.png" ;;
    restyle)
      source
      film restyle "$right" "a blue ball moves right" --source "$work/ball"
      for strength in 0.3 0.6 0.9; do
        make restyle "$work/ball" "a blue ball moves right" --strength $strength \
          -o "$out/restyle-$strength.png"
      done ;;
    refine)
      source
      film refine "$right" --source "$work/ball"
      make refine "$work/ball" "$right" --strength 0.4 --frames 4 --overlap 1 -o "$out/refine.png" ;;
    travel)
      source
      film travel "$right" "$left" --source "$work/ball"
      make travel --at 0 "$right" --at 24 "$left" --frames 40 -o "$out/travel.png" ;;
    roll)
      film roll "$round"
      make roll "$round" --frames 40 -o "$out/roll.png" ;;
    *)
      echo "there is no page '$1'" >&2
      exit 2 ;;
  esac
}

all="generate animate interpolate loop extend restyle refine travel roll"
for task in $all pyramid resampling; do plan "$task"; done
[ "${1:-}" = plans ] && exit
for task in ${*:-$all}; do page "$task"; done
