"""The inputs that bench/compare makes itself: repositories with one staged file, histories cut shorter, trees copied."""

import hashlib
import os
import shutil
import subprocess
import zlib
from pathlib import Path

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
WORDS = """account batch buffer cache channel client column count cursor default delta entry event field file filter flag format frame
group handle header index item key label length level limit line list lock map mask message mode name node number offset option order
output page parent path point pool position prefix process queue range record region result root row scope sequence session shape size
slot source span stack stage state status step stream string style table target task text thread time total track tree type unit user
value version view weight width window word worker zone""".split()


def git(*arguments, cwd=None, **options):
    """Git without anybody's configuration and with a fixed author and date."""
    who = {"NAME": "Robin Weaver", "EMAIL": "robin@acme.test", "DATE": "1767268800 +0000"}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    options = {"check": True, "stdout": subprocess.PIPE, "text": True} | options
    return subprocess.run(["git", *map(str, arguments)], cwd=cwd, env=environment, **options).stdout


class Draw:
    """Numbers and characters that depend on the seed alone."""

    def __init__(self, seed):
        self.seed, self.block, self.left = seed, 0, b""

    def number(self, below):
        if len(self.left) < 4:
            self.left = hashlib.sha256(f"{self.seed}:{self.block}".encode()).digest()
            self.block += 1
        four, self.left = self.left[:4], self.left[4:]
        return int.from_bytes(four, "big") % below

    def text(self, alphabet, length):
        return "".join(alphabet[self.number(len(alphabet))] for _ in range(length))


def github_token(seed):
    """Never issued to anybody; its checksum is right (CRC-32 of the 30 characters, in six digits of base 62)."""
    body = Draw(seed).text(BASE62, 30)
    number, checksum = zlib.crc32(body.encode()), ""
    for _ in range(6):
        checksum, number = BASE62[number % 62] + checksum, number // 62
    return "ghp_" + body + checksum


def source_file(draw, functions):
    def word():
        return WORDS[draw.number(len(WORDS))]

    text = []
    for _ in range(functions):
        name, one, two = (word() for _ in range(3))
        text.append(f"def {name}_{word()}({one}, {two}={draw.number(100)}):\n")
        for _ in range(2 + draw.number(12)):
            text.append(f"    {word()}_{word()} = {one}.{word()}({two}, '{word()} {word()}') + {draw.number(1000)}\n")
        text.append(f"    return {one}\n\n\n")
    return "".join(text)


def add_commits(folder, count):
    """So many more commits on main, each a line more in a file of its own folder of 1,000."""
    stream = []
    for number in range(count):
        body = f"entry {number}\n"
        stream.append(f"commit refs/heads/main\nmark :{number + 1}\ncommitter Bench <bench@example.com> {1_700_000_000 + number} +0000\ndata 5\nentry\n"
                      + ("from refs/heads/main^0\n" if number == 0 else "")
                      + f"M 100644 inline log/{number % 1000}.txt\ndata {len(body)}\n{body}\n")
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=folder, input="".join(stream).encode(), check=True)
    git("reset", "--hard", "--quiet", cwd=folder)


def staged_repository(folder, files, planted, commits=1):
    """`files` committed source files of some 4 KB each, and `commits`; one of the files changed and staged, with a token in it or without."""
    folder = Path(folder)
    draw = Draw("keywake-staged-1")
    git("init", "--quiet", "--initial-branch=main", folder)
    for number in range(files):
        path = folder / f"src/{WORDS[number // 50 % len(WORDS)]}/module_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source_file(draw, 8))
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "Sources", cwd=folder)
    if commits > 1:
        add_commits(folder, commits - 1)
    git("repack", "-a", "-d", "--quiet", cwd=folder)
    changed = folder / f"src/{WORDS[0]}/module_0.py"
    value = github_token("keywake-staged-1") if planted else "os.environ['GITHUB_TOKEN']"
    with open(changed, "a", encoding="utf-8") as out:
        out.write(f"GITHUB_TOKEN = '{value}'\n" if planted else f"GITHUB_TOKEN = {value}\n")
    git("add", "--all", cwd=folder)
    git("status", cwd=folder)  # the index knows the files' times, as after anybody's last command
    return folder


def is_repository(path):
    return (Path(path) / "objects").is_dir() and (Path(path) / "HEAD").is_file() or (Path(path) / ".git").exists()


def object_totals(repository):
    """Objects and their expanded bytes."""
    sizes = git("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectsize)", cwd=repository).split()
    return len(sizes), sum(map(int, sizes))


def commits_of(repository, share):
    """The commit on HEAD's first-parent line with nearest to `share` of HEAD's commits behind it."""
    line = git("rev-list", "--first-parent", "HEAD", cwd=repository).split()
    wanted = int(git("rev-list", "--count", "HEAD", cwd=repository)) * share
    low, high = 0, len(line) - 1  # ever fewer commits behind
    while low < high:
        middle = (low + high) // 2
        if int(git("rev-list", "--count", line[middle], cwd=repository)) > wanted:
            low = middle + 1
        else:
            high = middle
    return line[low]


def history_up_to(repository, commit, folder):
    """A bare repository of all that `commit` reaches, its deltas taken over from the source."""
    git("init", "--quiet", "--bare", "--initial-branch=main", folder)
    git("pack-objects", "--revs", "--delta-base-offset", "-q", Path(folder).resolve() / "objects/pack/pack",
        cwd=repository, input=commit + "\n")  # fmt: skip
    git("update-ref", "refs/heads/main", commit, cwd=folder)
    return folder


def copies_of(tree, count, folder):
    for number in range(count):
        shutil.copytree(tree, Path(folder) / f"copy{number}", symlinks=True)
    return folder


def tree_totals(tree):
    """Regular files and their bytes."""
    files = [path for path in Path(tree).rglob("*") if path.is_file() and not path.is_symlink()]
    return len(files), sum(path.stat().st_size for path in files)
