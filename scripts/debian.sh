#!/bin/sh
# Debian packages that tests need: a browser, a Chinese font, pdftotext, a reader of QR codes; Node, a C compiler
# and libmodbus for servers of other makers; ip for pulled cables.
# As root on Debian or Ubuntu they are installed; elsewhere what is absent is named, and its tests skip loudly.
set -eu
wanted=
# The shell alone: the same engine without the windows of a browser, which take half the time of a test. A browser
# that is there serves where the shell cannot be had, as on Ubuntu.
command -v chromium-headless-shell >/dev/null 2>&1 ||
    { command -v chromium >/dev/null 2>&1 && ! apt-cache show chromium-headless-shell >/dev/null 2>&1; } ||
    wanted="$wanted chromium-headless-shell"
command -v npm >/dev/null 2>&1 || wanted="$wanted nodejs npm"
command -v pdftotext >/dev/null 2>&1 || wanted="$wanted poppler-utils"
command -v zbarimg >/dev/null 2>&1 || wanted="$wanted zbar-tools"
command -v gcc >/dev/null 2>&1 || wanted="$wanted gcc libc6-dev"
command -v pkg-config >/dev/null 2>&1 || wanted="$wanted pkg-config"
pkg-config --exists libmodbus 2>/dev/null || wanted="$wanted libmodbus-dev"
command -v ip >/dev/null 2>&1 || wanted="$wanted iproute2"
office=/usr/lib/libreoffice/program
[ -e "$office/libsclo.so" ] || wanted="$wanted libreoffice-calc-nogui"
[ -e "$office/libswlo.so" ] || wanted="$wanted libreoffice-writer-nogui"
fc-list :lang=zh-cn 2>/dev/null | grep -q . || wanted="$wanted fontconfig fonts-wqy-microhei"
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian packages:$wanted" >&2
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
else
    echo "NOT TESTED for want of:$wanted (as root: apt-get install -y$wanted)" >&2
fi
