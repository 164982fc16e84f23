"""Writes reference/hub/cache.json: what huggingface_hub leaves in its cache, for our reader to understand.

With a command (python reference/make_hub.py ./zoetrope) writes nothing, but lets it pull the same model and
shows that huggingface_hub, offline, takes that cache for its own.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import hub_server

OUT = pathlib.Path(__file__).resolve().parent.parent / "core/src/test/resources/reference/hub"
endpoint = hub_server.serve()
folder = pathlib.Path(tempfile.mkdtemp(prefix="hub-"))
# Read when huggingface_hub is imported.
os.environ.update(HF_ENDPOINT=endpoint, HF_HOME=str(folder / "home"), HF_HUB_CACHE=str(folder / "theirs"))
os.environ.update(HF_HUB_DISABLE_XET="1", HF_HUB_DISABLE_PROGRESS_BARS="1", HF_HUB_DISABLE_TELEMETRY="1")

import huggingface_hub  # noqa: E402


def entries(cache):
    """All files and links below a cache, but for locks and what only huggingface_hub keeps of lists."""
    found = []
    for path in sorted(cache.rglob("*")):
        name = path.relative_to(cache).as_posix()
        if path.is_symlink():
            found.append({"path": name, "link": os.readlink(path)})
        elif path.is_file() and not name.startswith(".locks/"):
            found.append({"path": name, "content": base64.b64encode(path.read_bytes()).decode()})
    return found


def theirs():
    for revision in ("v1", "main"):
        huggingface_hub.snapshot_download(hub_server.REPO, revision=revision)
    return folder / "theirs"


def write():
    OUT.mkdir(parents=True, exist_ok=True)
    fixture = {
        "made_by": f"reference/make_hub.py, huggingface_hub {huggingface_hub.__version__}",
        "repo": hub_server.REPO,
        "commits": hub_server.COMMITS,
        "cache": entries(theirs()),
    }
    (OUT / "cache.json").write_text(json.dumps(fixture, indent=1) + "\n")
    print(OUT / "cache.json", len(fixture["cache"]), "entries")


def check(command):
    ours = folder / "ours"
    for revision in ("v1", "main"):
        pull = [*command, "pull", f"{hub_server.REPO}@{revision}", "--include", "*", "--quiet"]
        made = subprocess.run(
            pull, env=os.environ | {"HF_HUB_CACHE": str(ours)}, check=True, capture_output=True, text=True
        )
        print("pulled", made.stdout.strip())
    for revision, commit in hub_server.COMMITS.items():
        there = huggingface_hub.snapshot_download(
            hub_server.REPO, revision=revision, cache_dir=ours, local_files_only=True
        )
        assert there.endswith(commit), there
        for name, content in hub_server.FILES[commit].items():
            file = huggingface_hub.hf_hub_download(
                hub_server.REPO, name, revision=revision, cache_dir=ours, local_files_only=True
            )
            assert pathlib.Path(file).read_bytes() == content, name
            assert huggingface_hub.try_to_load_from_cache(hub_server.REPO, name, ours, revision) == file
    scan = huggingface_hub.scan_cache_dir(ours)
    assert not scan.warnings, scan.warnings
    (repo,) = scan.repos
    assert repo.repo_id == hub_server.REPO and set(repo.refs) == set(hub_server.COMMITS), repo
    same = [e for e in entries(theirs()) if "/trees/" not in e["path"] and e["path"] != "CACHEDIR.TAG"]
    assert [e for e in entries(ours) if e["path"] != "CACHEDIR.TAG"] == same
    print(
        f"huggingface_hub {huggingface_hub.__version__} reads it offline: {repo.nb_files} files, "
        f"{len(repo.revisions)} revisions, no warnings; all {len(same)} blobs, links and refs as its own"
    )


if len(sys.argv) > 1:
    check(sys.argv[1:])
else:
    write()
