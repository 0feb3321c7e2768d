"""Gives yt-dlp a page that the server has opened already: some links work once, and sites count who asks."""

import email.message
import importlib.util
import io
import json
import sys
import urllib.parse
import urllib.response


class OpenedPage:
    """What the server has opened already, in place of a request."""

    def __init__(self, path, before_first):
        with open(path + '.json', encoding='utf-8') as file:
            told = json.load(file)
        self.links, self.headers = told['links'], told['headers']
        with open(path, 'rb') as file:
            self.body = file.read()
        self.was_read = False
        self.before_first = before_first

    def ask(self, original, ie, link, *args, **kwargs):
        is_plain = isinstance(link, str) and len(args) <= 4 and not kwargs.get('data') and not kwargs.get('query')
        if not is_plain or urllib.parse.urldefrag(link)[0] not in self.links:
            return original(ie, link, *args, **kwargs)
        self.was_read = True
        self.before_first()
        return self.answer()

    def answer(self):
        networking = sys.modules.get('yt_dlp.networking.common')
        if networking is not None:
            return networking.Response(io.BytesIO(self.body), self.links[-1], dict(self.headers), 200)
        headers = email.message.Message()
        for name, value in self.headers:
            headers[name] = value
        return urllib.response.addinfourl(io.BytesIO(self.body), headers, self.links[-1], 200)

    def extract(self, original, ie, *args, **kwargs):
        """A site may have another page for yt-dlp: where there is no video in this one, it asks by itself."""
        try:
            return original(ie, *args, **kwargs)
        except Exception as first:
            if not self.was_read or not self.links:
                raise
            self.links = []
            try:
                return original(ie, *args, **kwargs)
            except Exception:
                raise first from None


class GiveOpened:
    """Gives it to the extractor of pages that nobody knows, once Python has loaded that: those of known sites ask
    for something else, and in their own way."""

    def __init__(self, page, around):
        self.page, self.around = page, around

    def find_spec(self, name, path=None, target=None):
        if name != 'yt_dlp.extractor.generic':
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            # Within a zip all modules have one loader.
            if module.__name__ == name:
                self.around(module.GenericIE, '_request_webpage', self.page.ask)
                self.around(module.GenericIE, '_real_extract', self.page.extract)

        spec.loader.exec_module = exec_module
        return spec
