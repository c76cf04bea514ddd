"""deploy/nginx-folder.conf: nginx with an exported folder responds like the service."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.schedule.loader import load_schedule
from defects_ical.server.responses import prepare_responses
from defects_ical.site.build import Resource, Site, build_site
from defects_ical.site.headers import MEDIA_TYPES
from tests.export.test_headers_file import export_shows, list_resources
from tests.export.test_site_exporter import URL as SHOWS_URL
from tests.support.nginx import run_nginx
from tests.support.processes import EMPTY, ROOT, Response, Server, run_granian
from tests.support.replicas import GZIP, URL, VARIANTS

PICTURE: Final = ROOT / "tests" / "schedule" / "invalid" / "picture.png"
SITE_URLS: Final = {"without path": URL, "with path": f"{URL}/fans/the-defects"}
# Headers that nginx sends differently, and why.
IGNORED_HEADERS: Final = {
    "etag",  # made of the file's time and size; weak if nginx has compressed it
    "content-length",  # unknown when nginx starts to compress
    "transfer-encoding",  # chunked for the same reason
}


@dataclass(frozen=True)
class Deployments:
    """One site twice: from the service, and from nginx with the exported folder."""

    site_url: SiteURL
    site: Site
    service: Server
    folder: Server
    root: Path

    def request(
        self, path: str, method: str = "GET", headers: Mapping[str, str] = EMPTY
    ) -> tuple[Response, Response]:
        """Return the response of the service and that of the folder, comparable."""
        target = f"{self.site_url.path}{path}"
        responses = (each.request(target, method, headers) for each in self.servers)
        service, folder = map(normalize, responses)
        return service, folder

    @property
    def servers(self) -> tuple[Server, Server]:
        """The service, and the folder."""
        return self.service, self.folder


def normalize(response: Response) -> Response:
    """Return a response decompressed and without IGNORED_HEADERS."""
    headers = {
        name: value for name, value in response.headers.items() if name not in IGNORED_HEADERS
    }
    compressed = response.body and "content-encoding" in headers
    return Response(
        response.status, headers, gzip.decompress(response.body) if compressed else response.body
    )


@pytest.fixture(scope="module", params=SITE_URLS)
def deployments(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployments]:
    """Serve the shipped schedule with a picture in both ways."""
    tmp = tmp_path_factory.mktemp("both")
    schedule, root = tmp / "schedule.yaml", tmp / "root"
    shutil.copy(PICTURE, tmp)
    shipped = (ROOT / "schedule.yaml").read_text("utf-8")
    schedule.write_text(shipped.replace("show:\n", "show:\n  picture: picture.png\n", 1), "utf-8")
    site_url = SiteURL.parse(SITE_URLS[request.param])
    site = build_site(load_schedule(schedule), site_url)
    export_site(site, site_url, Path(f"{root}{site_url.path}"))
    changes = make_changes(site_url, root)
    with (
        run_granian(schedule, str(site_url)) as service,
        run_nginx("nginx-folder.conf", changes, tmp / "nginx") as folder,
    ):
        yield Deployments(site_url, site, service, folder, root)


def make_changes(site_url: SiteURL, root: Path) -> dict[str, str]:
    """Return what an operator edits in the configuration, for a site in ``root``."""
    return {
        "server_name me.example": "server_name defects.example",
        "https://me.example;": f"{site_url.origin};",
        "root /srv/defects;": f"root {root};",
        'defects_base "";': f'defects_base "{site_url.path}";',
    }


def test_folder_responds_like_service(deployments: Deployments) -> None:
    assert {Path(path).suffix for path in deployments.site} == set(MEDIA_TYPES)
    for path, resource in deployments.site.items():
        for variant in VARIANTS:
            service, folder = deployments.request(path, headers=variant)
            assert (path, folder) == (path, service)
            assert (folder.status, folder.body) == (200, resource.body)
        # HEAD without compression: nginx does not know the compressed length in advance.
        service, folder = deployments.request(path, "HEAD")
        assert (path, folder) == (path, service)


def test_folder_responds_304_like_service(deployments: Deployments) -> None:
    for path in deployments.site:
        for variant in VARIANTS:
            target = f"{deployments.site_url.path}{path}"
            etags = [
                each.request(target, headers=variant).headers["etag"]
                for each in deployments.servers
            ]
            responses = [
                normalize(each.request(target, headers={**variant, "If-None-Match": etag}))
                for each, etag in zip(deployments.servers, etags, strict=True)
            ]
            assert responses[0] == responses[1]
            assert responses[0].status == 304


def test_folder_ignores_range_and_date_like_service(deployments: Deployments) -> None:
    for path in deployments.site:
        file = Path(f"{deployments.root}{deployments.site_url.path}{path}")
        modified = (file / "index.html" if path == "/" else file).stat().st_mtime
        for ignored in (
            {"If-Modified-Since": formatdate(modified, usegmt=True)},
            {"Range": "bytes=0-9"},
        ):
            service, folder = deployments.request(path, headers=ignored)
            assert (path, folder) == (path, service)
            assert folder.status == 200


# Paths that are a 404. The first three are files in the folder.
MISSING_PATHS: Final = (
    "/_headers",
    "/.nojekyll",
    "/.defects-ical.json",
    "/.defects-ical.tmp",
    "/.git/config",
    "/nowhere",
    "/nowhere.ics",
    "/episodes/",
    "/episodes/nowhere.ics",
)


def test_folder_serves_404_page_like_service(deployments: Deployments) -> None:
    for path in MISSING_PATHS:
        service, folder = deployments.request(path)
        # nginx compresses this page too, on request.
        vary = {"vary": "Accept-Encoding"}
        assert folder == Response(404, {**service.headers, **vary}, service.body), path
        assert service.status == 404
        assert deployments.request(path, headers=GZIP)[1].body == service.body


def test_index_html_redirects_like_service(deployments: Deployments) -> None:
    for path in ("/index.html", "/index.html?a=b"):
        service, folder = deployments.request(path)
        redirects = [
            (each.status, each.headers["location"], each.headers["cache-control"])
            for each in (service, folder)
        ]
        assert redirects == [(308, f"{deployments.site_url.path}/", "public, max-age=300")] * 2
    elsewhere = deployments.folder.request("//other.example/index.html")
    assert (elsewhere.status, elsewhere.headers.get("location")) == (404, None)


def test_subfolder_redirect_is_not_cached(deployments: Deployments) -> None:
    target = f"{deployments.site_url.path}/episodes"
    response = deployments.folder.request(target)
    assert (response.status, response.headers["cache-control"]) == (301, "no-store")
    assert deployments.folder.request(f"{target}/").status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
def test_path_cannot_inject_headers(deployments: Deployments, method: str) -> None:
    for path in ("/episodes/a%0d%0aX-Added:%20yes%0d%0aY:%20b.ics", "/episodes/a%22;b=%22.ics"):
        response = deployments.folder.request(f"{deployments.site_url.path}{path}", method)
        assert response.status in {404, 405}
        assert {"x-added", "y", "content-disposition"} & response.headers.keys() == set()


def test_other_methods_are_not_allowed(deployments: Deployments) -> None:
    for method in ("POST", "PUT", "DELETE"):
        service, folder = deployments.request("/", method)
        assert (folder.status, folder.headers["cache-control"]) == (405, "no-store")
        assert service.status == 405


@dataclass(frozen=True)
class ShowsFolder:
    """nginx with the exported folder of several shows, and the resources that are in it."""

    server: Server
    resources: Mapping[str, Resource]

    def request(
        self, path: str, method: str = "GET", headers: Mapping[str, str] = EMPTY
    ) -> Response:
        """Return the response to a path of the site, comparable."""
        return normalize(self.server.request(f"{SHOWS_URL.path}{path}", method, headers))


@pytest.fixture(scope="module")
def shows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShowsFolder]:
    """Serve a site of several shows, whose URL has a path."""
    tmp = tmp_path_factory.mktemp("shows")
    exported = export_shows(tmp)
    (exported.parent / "404.html").write_text("Of another site on this server.", "utf-8")
    changes = make_changes(SHOWS_URL, exported.parent)
    with run_nginx("nginx-folder.conf", changes, tmp / "nginx") as server:
        yield ShowsFolder(server, list_resources(exported))


def make_response(resource: Resource, variant: Mapping[str, str]) -> Response:
    """Return the response of the service to a path of this resource, comparable."""
    prepared = prepare_responses(resource)
    chosen = (variant is GZIP and prepared.compressed) or prepared.plain
    headers = {name.lower(): value for name, value in chosen.full.headers}
    return normalize(Response(200, headers, chosen.full.body))


def test_several_shows_are_served_as_by_the_service(shows: ShowsFolder) -> None:
    assert {"/", "/all.ics", "/week.html", "/k-on/", "/k-on/embed.html"} <= shows.resources.keys()
    for path, resource in shows.resources.items():
        for variant in VARIANTS:
            response = shows.request(path, headers=variant)
            assert (path, response) == (path, make_response(resource, variant))


# Missing paths, and where the page for them is.
PLACES: Final = {
    "/k-on/nowhere": "/k-on/404.html",
    "/k-on/nowhere.ics": "/k-on/404.html",
    "/k-on/episodes/": "/k-on/404.html",
    "/k-on/episodes/404.html": "/k-on/404.html",
    "/k-on/a/b/c?d": "/k-on/404.html",
    "/k-on/week.html": "/k-on/404.html",
    "/k-on/.defects-ical-show.json": "/k-on/404.html",
    "/k-on.ics": "/404.html",
    "/nowhere/": "/404.html",
    "/nowhere/404.html": "/404.html",
    "/nowhere/nowhere.ics": "/404.html",
    "/embed.html": "/404.html",
    "/.missing": "/404.html",
    "/.defects-ical-site.json": "/404.html",
    "/_headers": "/404.html",
}


def test_404_page_is_that_of_the_show(shows: ShowsFolder) -> None:
    changed = {"cache-control": "public, max-age=60", "access-control-allow-origin": "*"}
    for path, place in PLACES.items():
        expected = make_response(shows.resources[place], {})
        for method in ("GET", "POST"):
            response = shows.request(path, method)
            headers = {**expected.headers, **changed}
            assert (path, response) == (path, Response(404, headers, expected.body))
    # Paths that are not below the URL of the site; the last one is that of an internal location.
    for path in ("/nowhere", "/k-on/nowhere", "/elsewhere/k-on/nowhere", "/.missing"):
        response = shows.server.request(path)
        assert (response.status, response.body) == (404, shows.resources["/404.html"].body)


def test_show_is_redirected_to_its_page(shows: ShowsFolder) -> None:
    for path in ("/k-on", "/k-on?a=b", "/k-on/index.html"):
        response = shows.request(path)
        redirect = (response.status, response.headers["location"])
        assert redirect == (308, f"{SHOWS_URL.path}/k-on/")
        assert response.headers["cache-control"] == "public, max-age=300"
    response = shows.request("/k-on/episodes")
    assert (response.status, response.headers["cache-control"]) == (301, "no-store")
