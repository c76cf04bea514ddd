#!/bin/sh
# Upload an exported folder to a bucket (S3 or compatible) with the AWS command line:
#     sh deploy/upload.sh public s3://me.example
# Sets Content-Type and Cache-Control of each object: a bucket guesses the type, without charset.
set -eu
test $# = 2 || { echo "Usage: sh deploy/upload.sh FOLDER s3://BUCKET" >&2; exit 2; }
folder=$1 bucket=$2
# Required, because the last step deletes everything from the bucket that is not in the folder.
test -f "$folder/.defects-ical.json" || test -f "$folder/.defects-ical-site.json" ||
    { echo "$folder: not an exported folder" >&2; exit 2; }
cache="public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"

# upload PATTERN TYPE [OPTION…]: of several matching patterns, the last decides. An asterisk also
# matches slashes.
upload() {
    pattern=$1 type=$2
    shift 2
    aws s3 sync "$folder" "$bucket" --exclude "*" --include "$below$pattern" --exclude "$others" \
        --exclude ".*" --exclude "*/.*" --content-type "$type" --cache-control "$cache" "$@"
}

# upload_level BELOW OTHERS: the files whose paths begin with BELOW, without those like OTHERS.
upload_level() {
    below=$1 others=$2
    # Link targets before the pages that link to them.
    # Of the main language, then of others.
    for files in "episodes/*.ics" "*/episodes/*.ics"; do
        upload "$files" "text/calendar; charset=utf-8" \
            --cache-control "$cache, no-transform" --content-disposition attachment
    done
    upload "*.ics" "text/calendar; charset=utf-8" \
        --exclude "${below}episodes/*" --exclude "${below}*/episodes/*" \
        --cache-control "$cache, no-transform" --content-disposition inline
    upload "*.png" image/png
    upload "*.svg" image/svg+xml
    upload "*.css" "text/css; charset=utf-8"
    upload "*.js" "text/javascript; charset=utf-8"
    upload "*.json" application/json
    upload "*.atom" application/atom+xml
    upload "*.xml" application/xml
    upload "*.txt" "text/plain; charset=utf-8"
    upload "*.html" "text/html; charset=utf-8" --exclude "${below}404.html"
    # A path that is missing now can be an episode's tomorrow.
    upload 404.html "text/html; charset=utf-8" --cache-control "public, max-age=60"
}

if test -f "$folder/.defects-ical-site.json"; then
    # The shows, then the files at the root, which link to them.
    upload_level "*/" ".*"
    upload_level "" "*/*"
else
    upload_level "" ".*"
fi

# Delete old files last, when nothing links to them. --size-only prevents uploads here: if clocks
# differ, a comparison by time would upload files again, without their types.
aws s3 sync "$folder" "$bucket" --delete --size-only --exclude ".*" --exclude "*/.*" \
    --exclude _headers
