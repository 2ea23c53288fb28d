@echo off
rem Starts the assessor on this laptop: checks the folder, installs once without any network, opens a prompt.
rem Python 3.11 or newer (64 bit) must be on the laptop; this folder brings everything else.
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "PYTHONDONTWRITEBYTECODE=1"
if not defined ASSESSOR_LANGUAGE set "ASSESSOR_LANGUAGE=zh"
set "HERE=%~dp0"
set "VENV=%LOCALAPPDATA%\plant-assessor\@VERSION@"
set "WORK=%USERPROFILE%\plant-assessor"

if exist "%VENV%\installed.txt" goto ready

set "PY="
for %%v in (@PYTHONS@) do if not defined PY (
    py -%%v -c "import sys; sys.exit(sys.maxsize < 2**32)" >nul 2>nul && set "PY=py -%%v"
)
if defined PY goto found
for %%v in (@PYTHONS@) do if not defined PY (
    python -c "import sys; sys.exit('%%d.%%d' %% sys.version_info[:2] != '%%v' or sys.maxsize < 2**32)" >nul 2>nul && set "PY=python"
)
if defined PY goto found
type "%HERE%no-python.txt"
pause
exit /b 2

:found
%PY% "%HERE%check.py"
if errorlevel 1 goto broken
if exist "%VENV%" rmdir /s /q "%VENV%"
%PY% -m venv "%VENV%"
if errorlevel 1 goto broken
"%VENV%\Scripts\python.exe" -m pip install --disable-pip-version-check --quiet --no-index --find-links "%HERE%wheels" --require-hashes -r "%HERE%requirements.txt"
if errorlevel 1 goto broken
echo @VERSION@>"%VENV%\installed.txt"

:ready
if not exist "%WORK%" mkdir "%WORK%"
if not exist "%WORK%\scope.yaml" copy "%HERE%scope-template.yaml" "%WORK%\scope.yaml" >nul
cd /d "%WORK%"
set "PATH=%VENV%\Scripts;%PATH%"
type "%HERE%commands.txt"
cmd /k
exit /b 0

:broken
type "%HERE%broken.txt"
pause
exit /b 5
