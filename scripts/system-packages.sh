#!/usr/bin/env bash
# Installs what is missing of the system packages that `make run` or `make test` needs, on Debian or Ubuntu.
#
#   scripts/system-packages.sh run    a Python that can make virtual environments, and Pango and HarfBuzz for printing
#   scripts/system-packages.sh test   these, and the oldest supported Python that is offered, PostgreSQL, Chromium, libfaketime,
#                                   the Vazirmatn font, curl, PHP with SOAP, a C# compiler, systemd-analyze, espeak-ng and
#                                   opusenc, and nginx, Caddy and HAProxy, whose own services are not left running
#   scripts/system-packages.sh bench  a Python, PostgreSQL, libfaketime, and wrk, which makes the load of a bench
#
# Each need is looked for by what it gives, not by a package's name, so what was installed in another way counts too.
# Nothing is asked of the package manager when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

have_python() { scripts/find-python.sh >/dev/null; }
have_oldest_python() { [ -z "$(older_python_package)" ]; }
have_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_chromium() { [ -x /usr/bin/chromium ]; }
have_faketime() { compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null; }
have_nginx() { [ -x /usr/sbin/nginx ]; }
have_caddy() { [ -x /usr/bin/caddy ]; }
have_haproxy() { [ -x /usr/sbin/haproxy ]; }
have_wrk() { command -v wrk >/dev/null; }
have_systemd_analyze() { command -v systemd-analyze >/dev/null; }
have_curl() { command -v curl >/dev/null; }
have_php() { command -v php >/dev/null; }
have_soap() { have_php && php -r 'exit(extension_loaded("soap") ? 0 : 1);'; }
have_mono() { command -v mcs >/dev/null && [ -e /usr/lib/mono/4.5/System.Net.Http.dll ]; }
have_library() { compgen -G "/usr/lib*/$1" >/dev/null || compgen -G "/usr/lib*/*/$1" >/dev/null; }
have_pango() { have_library libpango-1.0.so.0; }
have_pangoft2() { have_library libpangoft2-1.0.so.0; }
have_harfbuzz() { have_library libharfbuzz-subset.so.0; }
have_espeak() { command -v espeak-ng >/dev/null; }
have_opus() { command -v opusenc >/dev/null; }
have_vazirmatn() { [ -d /usr/share/fonts/truetype/vazirmatn ]; }

missing_needs() {
    local need
    for need in "$@"; do
        "have_$need" || printf '%s ' "$need"
    done
}

# The newest Python offered that the project supports: Debian's or Ubuntu's own python3 may be older or newer.
python_package() {
    local version
    for version in 3.14 3.13 3.12 3.11; do
        if [ -n "$(apt-cache madison "python$version-venv")" ]; then
            echo "python$version-venv"
            return
        fi
    done
    echo python3-venv
}

# A supported Python older than any that is here, where the distribution offers one: the smoke tests run on it too.
older_python_package() {
    local version oldest path
    path=$(PYTHON='' scripts/find-python.sh oldest) || return 0
    oldest=$("$path" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    for version in 3.11 3.12 3.13; do
        [ "$version" != "$oldest" ] || return 0
        if [ -n "$(apt-cache madison "python$version-venv" 2>/dev/null)" ]; then
            echo "python$version-venv"
            return 0
        fi
    done
}

# The shell is the same without windows: it draws pages for a quarter less of the processor. Not every release offers it.
chromium_packages() {
    echo chromium
    [ -z "$(apt-cache madison chromium-headless-shell)" ] || echo chromium-headless-shell
}

packages_for() {
    local need
    for need in "$@"; do
        case $need in
            python) python_package ;;
            chromium) chromium_packages ;;
            oldest_python) older_python_package ;;
            pango) echo libpango-1.0-0 ;;
            pangoft2) echo libpangoft2-1.0-0 ;;
            harfbuzz) echo libharfbuzz-subset0 ;;
            vazirmatn) echo fonts-vazirmatn ;;
            espeak) echo espeak-ng ;;
            opus) echo opus-tools ;;
            systemd_analyze) echo systemd ;;
            php) echo php-cli ;;
            soap) echo php-soap ;;
            mono) printf '%s\n' mono-mcs libmono-system-net-http4.0-cil ;;
            *) echo "$need" ;;
        esac
    done
}

give_up() {
    echo "$1" >&2
    exit 1
}

case ${1:-} in
    run) needs=(python pango pangoft2 harfbuzz) ;;
    test) needs=(python oldest_python pango pangoft2 harfbuzz postgresql chromium faketime vazirmatn curl php soap mono
        nginx caddy haproxy systemd_analyze espeak opus) ;;
    bench) needs=(python postgresql faketime wrk) ;;
    *) give_up "usage: $0 run|test|bench" ;;
esac

read -ra missing <<<"$(missing_needs "${needs[@]}")"
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || give_up "Missing: ${missing[*]}. This is no Debian or Ubuntu: install them with your own package manager."
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
    if ! command -v sudo >/dev/null || ! { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        mapfile -t packages < <(packages_for "${missing[@]}")
        give_up "Missing: ${missing[*]}. Installing them needs root: apt-get install ${packages[*]}"
    fi
fi

"${as_root[@]}" apt-get update
mapfile -t packages < <(packages_for "${missing[@]}")
echo "Installing ${packages[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${packages[@]}"
if [ -d /run/systemd/system ]; then # the tests start proxies of their own; nobody asked for one at port 80
    for package in "${packages[@]}"; do
        case $package in nginx | caddy | haproxy) "${as_root[@]}" systemctl disable --now "$package" ;; esac
    done
fi
read -ra missing <<<"$(missing_needs "${needs[@]}")"
[ ${#missing[@]} -eq 0 ] || give_up "Still missing after installing: ${missing[*]}"
