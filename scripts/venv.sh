# Sourced by scripts/run and scripts/test: makes the checkout's own .venv from a hashed lock file, once.
#
# It needs Python 3.11 or newer with pip. The stamp in .venv says what was installed; as long as lock file,
# pyproject.toml and the checkout's place are the same, nothing is done but comparing it.

huifang_say() { printf '%s\n' "$*" >&2; }

huifang_python() {
    local name
    for name in "${HUIFANG_PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s\n' "$name"
            return 0
        fi
    done
    huifang_say "Huifang needs Python 3.11 or newer (python3). 需要 Python 3.11 或更新版本。"
    return 1
}

huifang_stamp() { # LOCK -> what a .venv made from it is stamped with
    printf '%s %s\n' "$1" "$(cat "$1" pyproject.toml scripts/venv.sh | cksum)"
    printf '%s\n' "$PWD"
}

huifang_installed() { # LOCK -> whether .venv holds it, or the larger development lock
    local lock
    for lock in "$1" requirements-dev.lock; do
        if [ -f ".venv/stamp-$lock" ] && [ "$(cat ".venv/stamp-$lock")" = "$(huifang_stamp "$lock")" ]; then
            return 0
        fi
    done
    return 1
}

huifang_install() { # LOCK
    local python pip
    if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$(huifang_python) || return 1
        rm -rf .venv
        # Debian without python3-venv has no ensurepip: the system's pip installs into .venv from outside.
        "$python" -m venv .venv >/dev/null 2>&1 || {
            rm -rf .venv
            "$python" -m venv --without-pip .venv
        } || return 1
    fi
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then
        pip=".venv/bin/python -m pip"
    else
        pip="$(huifang_python) -m pip --python .venv/bin/python"
    fi
    rm -f .venv/stamp-*
    # shellcheck disable=SC2086 # $pip is a command with its arguments
    $pip install -qq --require-hashes --no-deps -r "$1" &&
        $pip install -qq --no-deps --no-build-isolation --editable . || {
        huifang_say "The installation failed; nothing else was changed. 安装失败。"
        return 1
    }
    huifang_stamp "$1" >".venv/stamp-$1"
}

huifang_prepare() { # LOCK
    huifang_installed "$1" && return 0
    export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore PIP_REQUIRE_VIRTUALENV=0
    huifang_say "Preparing .venv (once; about a minute) ... 正在准备运行环境（仅首次）"
    if command -v flock >/dev/null 2>&1; then
        (
            flock 9
            huifang_installed "$1" || huifang_install "$1"
        ) 9<pyproject.toml
    else
        huifang_install "$1"
    fi
}
