"""Python loads this before yt-dlp, and it does two things. It closes the ways round the proxy that a page can open:
extractors honour request headers and link fragments that switch the proxy off, and they were seen
to reach ftp servers. Programs other than the two media tools cannot be started either, and nothing
is written outside the run's own folders: old versions took the ending of a name from the page.

And it looks over yt-dlp's shoulder where that reads a playlist: whether it goes on for ever,
which sound is the source's default, and what subtitle tracks are called, stands there and in
nothing that yt-dlp prints.

And where the server has opened a page to see what it is, yt-dlp gets that page (`opened_page.py`).
"""

import functools
import json
import os
import re
import sys
import urllib.parse


def _guard():
    proxy = ('127.0.0.1', int(os.environ['BARKEEP_PROXY_PORT']))
    programs = os.environ['BARKEEP_PROGRAMS'].split(os.pathsep)

    folders = [os.path.realpath(folder) + os.sep for folder in (os.getcwd(), os.environ['HOME'])]
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def is_own(path):
        real = os.path.realpath(os.fsdecode(path))
        return real == os.devnull or any(real.startswith(folder) for folder in folders)

    def audit(event, args):
        if event == 'socket.connect':
            _read_along()
        if event == 'socket.connect' and tuple(args[1][:2]) != proxy:
            raise PermissionError('only the proxy may be reached')
        if event == 'socket.getaddrinfo' and args[0] not in ('127.0.0.1', b'127.0.0.1'):
            raise PermissionError('only the proxy resolves names')
        if event in ('socket.bind', 'socket.sendto', 'socket.sendmsg'):
            raise PermissionError('only the proxy may be reached')
        if event == 'subprocess.Popen' and os.path.realpath(args[0]) not in programs:
            raise PermissionError('only the media tools may be started')
        if event == 'open' and not isinstance(args[0], int) and args[2] & writing and not is_own(args[0]):
            raise PermissionError('only the work folder may be written to')
        if event in ('os.rename', 'os.link', 'os.symlink') and not is_own(args[1]):
            raise PermissionError('only the work folder may be written to')
        if event in ('os.system', 'os.exec', 'os.posix_spawn', 'pty.spawn'):
            raise PermissionError('only the media tools may be started')

    sys.addaudithook(audit)


def _tell_live():
    print('BARKEEP-LIVE', flush=True)


def _is_live_hls(text):
    """RFC 8216: without an end more pieces may come, unless the type says that none will."""
    return (
        re.search(r'^#EXTINF', text, re.M)
        and not re.search(r'^#EXT-X-ENDLIST', text, re.M)
        and not re.search(r'^#EXT-X-PLAYLIST-TYPE:\s*VOD', text, re.M)
    )


def _subtitle_names(text, base):
    """The NAME of each subtitle track of an HLS master playlist, by its address."""
    lines = [line for line in text.splitlines() if re.search(r'^#EXT-X-MEDIA:(.*,)?\s*TYPE=SUBTITLES\b', line)]
    found = [(_attribute(line, 'URI'), _attribute(line, 'NAME')) for line in lines]
    return {urllib.parse.urljoin(base or '', uri): name for uri, name in found if uri and name}


def _keep_apart(tracks):
    """yt-dlp takes the tracks of one language for forms of one text, and fetches only the last.

    Takes (language, what tells the text, its name, its forms) in their order, and gives each text a key."""
    subtitles, keys = {}, {}
    for original, text, name, forms in tracks:
        key = keys.get((original, text))
        if key is None:
            base = re.sub(r'[^\w-]+', ' ', name or '').strip()[:40]
            # It becomes part of a file's name, which has 255 bytes at most.
            language = original.encode()[:80].decode(errors='ignore')
            wanted = f'{language}.{base}' if base and language in subtitles else language
            key, number = wanted, 2
            while key in subtitles:
                key, number = f'{wanted}-{number}', number + 1
            keys[original, text] = key
        subtitles.setdefault(key, []).extend(forms)
    return subtitles


def _hls_tracks(subtitles, names):
    """RFC 8216: a NAME is one track's in its group; in another group the same name is the same text."""
    for language, tracks in subtitles.items():
        first = names.get(tracks[0].get('url')) if tracks else None
        for track in tracks:
            name = names.get(track.get('url'), first)
            yield language, name, name, [track]


def _default_sounds(text, base):
    """Where the default sound of an HLS master playlist is; None for what is in the picture's own pieces.

    Where none is called so, it is the first, as players have it, that does not describe the picture."""
    lines = [line for line in text.splitlines() if re.search(r'^#EXT-X-MEDIA:(.*,)?\s*TYPE=AUDIO\b', line)]
    defaults = [line for line in lines if re.search(r'[:,]\s*DEFAULT=YES\b', line)]
    plain = [line for line in lines if 'describes-video' not in line] or lines
    if not defaults and plain:
        name = _attribute(plain[0], 'NAME')
        defaults = [line for line in lines if _attribute(line, 'NAME') == name]
    uris = [_attribute(line, 'URI') for line in defaults]
    return {None if uri is None else urllib.parse.urljoin(base or '', uri) for uri in uris}


def _attribute(line, name):
    found = re.search(rf'[:,]\s*{name}="([^"]*)"', line)
    return found and found.group(1)


def _prefer(formats, is_default):
    """What a page or yt-dlp itself prefers stays; the default comes before what nobody prefers."""
    for one in formats:
        if one.get('language_preference') in (None, -1) and is_default(one):
            one['language_preference'] = 1


def _around(owner, name, wrap):
    """Newer versions may have other names: then this is not known, and everything else goes on."""
    original = getattr(owner, name, None)
    if original is None:
        return
    static = isinstance(vars(owner).get(name), staticmethod)
    wrapped = functools.wraps(original)(lambda *args, **kwargs: wrap(original, *args, **kwargs))
    setattr(owner, name, staticmethod(wrapped) if static else wrapped)


def _read_hls(original, self, document, url=None, *args, **kwargs):
    formats, subtitles = original(self, document, url, *args, **kwargs)
    subtitles = _keep_apart(_hls_tracks(subtitles, _subtitle_names(document, url)))
    defaults = _default_sounds(document, url)
    _prefer(formats, lambda one: one.get('url') in defaults)
    for one in formats:
        # yt-dlp takes such pictures for silent as soon as there is another sound beside them.
        if None in defaults and one.get('vcodec') != 'none' and one.get('acodec') == 'none':
            del one['acodec']
    return formats, subtitles


def _children(element, name):
    return [child for child in element if isinstance(child.tag, str) and child.tag.split('}')[-1] == name]


def _values(element, name):
    return tuple(sorted(child.get('value') or '' for child in _children(element, name)))


class _DashTrack:
    """What an adaptation set of a DASH manifest tells of itself."""

    def __init__(self, element):
        self.language = element.get('lang')
        self.roles = _values(element, 'Role')
        self.label = ' '.join(label.text or '' for label in _children(element, 'Label')) or element.get('label')
        self.told = (self.language, self.label, self.roles, _values(element, 'Accessibility'))
        first = next(iter(_children(element, 'Representation')), element)
        self.type = element.get('mimeType') or first.get('mimeType') or ''
        self.codecs = element.get('codecs') or first.get('codecs')
        priority = element.get('selectionPriority') or ''
        # The greatest is what players take; the first one, where they are equal.
        is_plain = not self.told[3] and not {'commentary', 'description'} & set(self.roles)
        self.rank = ('main' in self.roles, int(priority) if priority.isdecimal() else 1, is_plain)

    def name(self):
        roles = [role for role in self.roles if role not in ('main', 'subtitle')]
        return self.label or ' '.join(roles)


def _mark_dash_tracks(document):
    """Gives each track a language of its own, in each period the same, and returns tracks and languages.

    yt-dlp takes texts of one language for forms of one text."""
    tracks, marks, languages = [], {}, []
    for period in _children(document, 'Period'):
        seen = {}
        for element in _children(period, 'AdaptationSet'):
            track = _DashTrack(element)
            like = (track.told, track.type)
            seen[like] = seen.get(like, 0) + 1
            mark = marks.setdefault((like, seen[like]), len(tracks))
            if mark == len(tracks):
                tracks.append(track)
            languages.append((element, track.language))
            element.set('lang', f'{track.language or "und"}\n{mark}')
    return tracks, languages


def _dash_texts(subtitles, tracks):
    """Two that tell the same of themselves are one text in two formats, or two texts in one format."""
    formats = {}
    for key, forms in subtitles.items():
        language, _, mark = key.partition('\n')
        track = tracks[int(mark)] if mark else None
        told = track.told if track else key
        exts = {form.get('ext') for form in forms}
        copy = 0
        while exts & formats.setdefault((told, copy), set()):
            copy += 1
        formats[told, copy] |= exts
        yield language, (told, copy), track and track.name(), forms


def _is_like(track, other):
    """The same track in another codec is a choice of quality."""
    return other is not None and (track is other or track.told == other.told and track.codecs != other.codecs)


def _read_dash(original, self, document, *args, **kwargs):
    tracks, languages = _mark_dash_tracks(document)
    try:
        formats, subtitles = original(self, document, *args, **kwargs)
    finally:
        for element, language in languages:
            element.attrib.pop('lang')
            if language is not None:
                element.set('lang', language)
    sounds = [track for track in tracks if track.type.startswith('audio/')]
    default = max(sounds, key=lambda track: track.rank, default=None)
    for one in formats:
        language, _, mark = (one.get('language') or '').partition('\n')
        if mark:
            one['language'] = None if language in ('mul', 'und', 'zxx', 'mis') else language
            _prefer([one], lambda one: one.get('vcodec') == 'none' and _is_like(tracks[int(mark)], default))
        if document.get('type') == 'dynamic':
            one['barkeep_live'] = True
    return formats, _keep_apart(_dash_texts(subtitles, tracks))


def _check_hls(original, manifest, info, *args, **kwargs):
    # Subtitles without an end are no reason: what counts is whether the film has one.
    if info.get('ext') != 'vtt' and _is_live_hls(manifest):
        _tell_live()
    return original(manifest, info, *args, **kwargs)


def _open(original, self, request, *args, **kwargs):
    # The proxy carries no FTP. Left alone, Python goes round it, which looks like a private address.
    if re.match(r'ftps?:', getattr(request, 'full_url', request), re.I):
        raise OSError('unsupported url scheme')
    answer = original(self, request, *args, **kwargs)
    headers = getattr(answer, 'headers', None) or {}
    # A radio station: it plays until it is switched off.
    if 'content-length' not in headers and any(name.lower().startswith('icy-') for name in headers):
        _tell_live()
    return answer


def _fetch(original, self, name, info, subtitle=False, *args, **kwargs):
    """A subtitle track that cannot be read must not take those after it and the video with it.

    Its file is told by name: the ending is made from the address, and may be any."""
    if info.get('barkeep_live'):
        _tell_live()
    if not subtitle:
        return original(self, name, info, subtitle, *args, **kwargs)
    print('BARKEEP-SUBTITLES ' + json.dumps(os.path.basename(name)), flush=True)
    said = []
    # A downloader takes it from here. What it says is no failure of the video.
    self.report_error = lambda message, *args, **kwargs: said.append(str(message))
    try:
        result = original(self, name, info, subtitle, *args, **kwargs)
    except OSError:
        raise
    except Exception as error:
        raise ValueError(str(error)) from error
    finally:
        del self.report_error
    # It says only "no" of a file that did not come, and goes on as if it were there.
    if result is False or (isinstance(result, tuple) and not result[0]):
        is_empty = any('data block' in message or 'is empty' in message for message in said)
        raise ValueError('it is empty' if is_empty else said[-1] if said else 'it could not be fetched')
    return result


def _headers(original, self, *args, **kwargs):
    """Versions before 2023.07.06 send their cookies as a header of their own, which redirects carry to any host.

    Without it the cookies go by the jar, which knows whose each is."""
    headers = original(self, *args, **kwargs)
    headers.pop('Cookie', None)
    return headers


_wraps = [
    ('yt_dlp.YoutubeDL', 'YoutubeDL', '_calc_headers', _headers),
    ('yt_dlp.extractor.common', 'InfoExtractor', '_parse_m3u8_formats_and_subtitles', _read_hls),
    ('yt_dlp.extractor.common', 'InfoExtractor', '_parse_mpd_formats_and_subtitles', _read_dash),
    ('yt_dlp.downloader.hls', 'HlsFD', 'can_download', _check_hls),
    ('yt_dlp.YoutubeDL', 'YoutubeDL', 'dl', _fetch),
    ('yt_dlp.YoutubeDL', 'YoutubeDL', 'urlopen', _open),
]


def _read_along():
    """Once, when yt-dlp first connects: by then all of it is loaded."""
    while _wraps:
        module, owner, name, wrap = _wraps.pop()
        _around(getattr(sys.modules.get(module), owner, None), name, wrap)


if 'BARKEEP_PROXY_PORT' in os.environ:
    _guard()
if 'BARKEEP_PAGE' in os.environ:
    from opened_page import GiveOpened, OpenedPage

    sys.meta_path.insert(0, GiveOpened(OpenedPage(os.environ['BARKEEP_PAGE'], _read_along), _around))
