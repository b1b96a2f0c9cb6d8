#!/bin/sh
# expand.sh TEMPLATE FILE PROGRAM ARGUMENTS…: fills in ${NAME:-default} from the environment, then becomes the program.
# The shell does it, so a template must hold no other $ and no backquote; a test looks.
set -eu
template=$1
file=$2
shift 2
eval "cat <<END_OF_TEMPLATE
$(cat "$template")
END_OF_TEMPLATE" >"$file"
exec "$@"
