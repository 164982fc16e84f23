"""A hub of one model on this machine, as far as downloading goes: lists, files, redirects to a CDN, ranges."""

import hashlib
import http.server
import json
import threading
import urllib.parse

REPO = "tiny/model"
COMMITS = {"v1": "1" * 40, "main": "2" * 40}

_CONFIG = b'{"_class_name": "UNet2DConditionModel", "sample_size": 8}\n'
_INDEX = b'{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}\n'
_HEADER = json.dumps({"w": {"dtype": "F32", "shape": [300], "data_offsets": [0, 1200]}}).encode()
_WEIGHTS = len(_HEADER).to_bytes(8, "little") + _HEADER + bytes(range(200)) * 6

_OLD = {
    "model_index.json": _INDEX,
    "unet/config.json": _CONFIG,
    "unet/diffusion_pytorch_model.safetensors": _WEIGHTS[:-1] + b"\1",
    "tokenizer/merges.txt": b"#version: 0.2\nl o\n",
    "README.md": b"# tiny\n",
}
FILES = {
    COMMITS["v1"]: _OLD,
    COMMITS["main"]: _OLD | {"unet/diffusion_pytorch_model.safetensors": _WEIGHTS},
}


def is_large(path):
    return path.endswith(".safetensors")


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def git(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def etag(path, content):
    return sha256(content) if is_large(path) else git(content)


def _sibling(path, content):
    entry = {"rfilename": path, "size": len(content), "blobId": git(content)}
    if is_large(path):
        entry["blobId"] = git(b"pointer " + sha256(content).encode())
        entry["lfs"] = {"sha256": sha256(content), "size": len(content), "pointerSize": 130}
    return entry


def _tree(path, content):
    entry = {"type": "file", "path": path, "size": len(content), "oid": git(content)}
    if is_large(path):
        entry["lfs"] = {"oid": sha256(content), "size": len(content), "pointerSize": 130}
    return entry


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cdn = ""

    def _send(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _content(self, content, **headers):
        wanted = self.headers.get("Range")
        if wanted:
            start = int(wanted.removeprefix("bytes=").split("-")[0])
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._send(206, content[start:], Content_Range=span, **headers)
        else:
            self._send(200, content, **headers)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        if path.startswith("/cdn/"):
            _, _, commit, name = path.split("/", 3)
            self._content(FILES[commit][name], ETag='"a-cdn-has-its-own"')
            return
        for kind in ("revision", "tree"):
            start = f"/api/models/{REPO}/{kind}/"
            if path.startswith(start):
                revision = path.removeprefix(start)
                commit = COMMITS.get(revision, revision)
                if commit not in FILES:
                    self._send(404, X_Error_Code="RevisionNotFound")
                    return
                files = FILES[commit].items()
                body = (
                    [_tree(p, c) for p, c in files]
                    if kind == "tree"
                    else {"id": REPO, "sha": commit, "siblings": [_sibling(p, c) for p, c in files]}
                )
                self._send(200, json.dumps(body).encode(), Content_Type="application/json")
                return
        start = f"/{REPO}/resolve/"
        if path.startswith(start):
            revision, name = path.removeprefix(start).split("/", 1)
            commit = COMMITS.get(revision, revision)
            content = FILES.get(commit, {}).get(name)
            if content is None:
                self._send(404, X_Error_Code="EntryNotFound", X_Repo_Commit=commit)
            elif is_large(name):
                self._send(
                    302,
                    Location=f"{self.cdn}/cdn/{commit}/{name}",
                    X_Repo_Commit=commit,
                    X_Linked_Etag=f'"{sha256(content)}"',
                    X_Linked_Size=str(len(content)),
                )
            else:
                self._content(content, ETag=f'"{git(content)}"', X_Repo_Commit=commit)
            return
        self._send(404, X_Error_Code="RepoNotFound")

    def log_message(self, *args):
        pass


def serve():
    """Starts it, and its CDN on another port; returns its address."""
    servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    addresses = [f"http://127.0.0.1:{s.server_address[1]}" for s in servers]
    _Handler.cdn = addresses[1]
    return addresses[0]
