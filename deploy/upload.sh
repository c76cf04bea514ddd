#!/bin/sh
# Upload an exported folder to a bucket (S3, or what speaks like it), with the AWS command line:
#     sh deploy/upload.sh public s3://me.example
# A bucket guesses the type of each object, and knows no charset and no Cache-Control: all are named.
set -eu
test $# = 2 || { echo "Usage: sh deploy/upload.sh FOLDER s3://BUCKET" >&2; exit 2; }
folder=$1 bucket=$2
# What is not in the folder is removed from the bucket.
test -f "$folder/.defects-ical.json" || { echo "$folder: not an exported folder" >&2; exit 2; }
cache="public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"

# upload PATTERN TYPE [OPTION…]: the last pattern that fits a file decides whether it goes.
upload() {
    pattern=$1 type=$2
    shift 2
    aws s3 sync "$folder" "$bucket" --exclude "*" --include "$pattern" --exclude ".*" \
        --content-type "$type" --cache-control "$cache" "$@"
}

# What is linked to goes before what links to it.
upload "episodes/*.ics" "text/calendar; charset=utf-8" --cache-control "$cache, no-transform" \
    --content-disposition attachment
upload "*.ics" "text/calendar; charset=utf-8" --cache-control "$cache, no-transform" \
    --exclude "episodes/*" --content-disposition inline
upload "*.png" image/png
upload "*.svg" image/svg+xml
upload "*.css" "text/css; charset=utf-8"
upload "*.js" "text/javascript; charset=utf-8"
upload "*.json" application/json
upload "*.atom" application/atom+xml
upload "*.xml" application/xml
upload "*.txt" "text/plain; charset=utf-8"
upload "*.html" "text/html; charset=utf-8" --exclude 404.html
# What leads nowhere now may be an episode's address tomorrow.
upload 404.html "text/html; charset=utf-8" --cache-control "public, max-age=60"

# What is no longer part of the site goes last, when nothing links to it. By size, nothing is left to
# upload: by time, where clocks differ, it might be, without its type.
aws s3 sync "$folder" "$bucket" --delete --size-only --exclude ".*" --exclude _headers
