<?php
// The feed made with sabre/vobject for each request; FEED is a JSON file with its content.

require_once '/usr/share/php/Sabre/VObject/autoload.php';

use Sabre\VObject\Component;
use Sabre\VObject\Property;

// Debian's version is older than its PHP, which warns about each of its classes.
error_reporting(E_ALL & ~E_DEPRECATED);

function addTime(Component $component, string $name, string $text, int $type, ?DateTimeZone $zone = null): void
{
    $time = new DateTime($text);
    if ($zone) {
        $time->setTimezone($zone);
    }
    $property = Property::create($name);
    $property->setDateTime($time, $type);
    $component->add($property);
}

$feed = json_decode(file_get_contents($_SERVER['FEED']), true);
$zone = new DateTimeZone($feed['timezone']);
$calendar = Component::create('VCALENDAR');
$calendar->add('VERSION', '2.0');
$calendar->add('PRODID', '-//plain//EN');
$calendar->add('CALSCALE', 'GREGORIAN');
$calendar->add('X-WR-CALNAME', $feed['title']);
foreach ($feed['events'] as $each) {
    $event = Component::create('VEVENT');
    $event->add('UID', $each['uid']);
    addTime($event, 'DTSTART', $each['start'], Property\DateTime::LOCALTZ, $zone);
    addTime($event, 'DTEND', $each['end'], Property\DateTime::LOCALTZ, $zone);
    addTime($event, 'DTSTAMP', $each['modified'], Property\DateTime::UTC);
    addTime($event, 'LAST-MODIFIED', $each['modified'], Property\DateTime::UTC);
    addTime($event, 'CREATED', $each['created'], Property\DateTime::UTC);
    $event->add('SUMMARY', $each['summary']);
    $event->add('DESCRIPTION', $each['description']);
    $event->add('LOCATION', $feed['location']);
    $event->add('URL', $each['url']);
    $event->add('SEQUENCE', (string) $each['sequence']);
    $event->add('STATUS', $each['status']);
    $event->add('TRANSP', 'TRANSPARENT');
    $event->add('CATEGORIES', implode(',', $feed['categories']));
    $calendar->add($event);
}
$body = $calendar->serialize();
$etag = '"' . substr(hash('sha256', $body), 0, 32) . '"';
header("ETag: $etag");
if (($_SERVER['HTTP_IF_NONE_MATCH'] ?? '') === $etag) {
    http_response_code(304);
    exit;
}
header('Content-Type: text/calendar; charset=utf-8');
header('Content-Length: ' . strlen($body));
echo $body;
