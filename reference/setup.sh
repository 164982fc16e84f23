#!/bin/sh
# Everything that compare.py needs, in a folder: a Python environment with the pinned reference, and a full-size
# checkpoint with random weights (3 GB). What is there already is kept.
#
#     reference/setup.sh FOLDER [f16|f32]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: setup.sh FOLDER [f16|f32]}
format=${2:-f16}
mkdir -p "$folder"
if [ ! -x "$folder/venv/bin/python" ]; then
  python3 -m venv "$folder/venv"
fi
"$folder/venv/bin/pip" install --quiet --extra-index-url https://download.pytorch.org/whl/cpu -r "$here/requirements.txt"
if [ ! -f "$folder/model-$format/model_index.json" ]; then
  "$folder/venv/bin/python" "$here/make_full.py" "$folder/model-$format" --format "$format"
fi
echo "ready: $folder/venv/bin/python $here/compare.py --model $folder/model-$format"
