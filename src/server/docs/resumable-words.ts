import type { EndpointText } from './endpoint-words.ts'

const [version, id] = ['-H "Tus-Resumable: 1.0.0"', '3f0c1f8e-6a53-4f0e-9a0e-2f6c1d9b7a10']

/** The addition that takes a file in parts. */
export const resumableWords = {
  beginUpload: {
    summary: 'Begin an upload in parts',
    about:
      'An addition of Barkeep: `GET /api/server` names it `resumable` in `additions`. Uploads by the tus protocol 1.0 (tus.io), with its extensions creation, creation-with-upload, expiration and termination: any tus client can do it. A file comes in as many requests as it takes, and after a break it goes on where it stopped. `Upload-Metadata` names the file (`filename`) and its folder (`path`, `/` if left out), each in base64; `Location` in the answer is the address of the upload.',
    ownStore:
      'Names, folders and the same bytes again are treated as by an upload. The same `Idempotency-Key` gives the same upload again. An upload that nothing comes for is forgotten after seven days.',
    curl: [
      version,
      '-H "Upload-Length: 8"',
      '-H "Upload-Metadata: filename bW92aWUubXA0,path L0ZpbG1zLw=="',
      '-i -X POST "{url}"',
    ],
    errors: ['conflict', 'payload_too_large', 'not_found'],
    answer: `HTTP/1.1 201 Created\nLocation: /api/v1/upload/resumable/${id}\nUpload-Expires: Mon, 09 Nov 2026 08:20:31 GMT`,
  },
  uploadOffset: {
    summary: 'See how far an upload in parts is',
    about:
      '`Upload-Offset` in the answer is how many bytes are safe on the server: go on from there. A request for the same upload that is still under way is ended first.',
    ownStore:
      'Of an upload that is whole, `Upload-File` has the file as JSON: what an upload answers, with its `sha256`. It is told for a day, so a lost answer is found again.',
    curl: [version, '-I "{url}"'],
    errors: ['not_found', 'conflict'],
    answer: 'HTTP/1.1 200 OK\nUpload-Offset: 4194304\nUpload-Length: 734003200',
  },
  continueUpload: {
    summary: 'Send a part',
    about:
      'The body is what follows the first `Upload-Offset` bytes of the file, some of it or all. What arrived before a connection broke is kept. An offset that is not how far the upload is answers `conflict`. With the last byte the file is listed, and `Upload-File` in the answer is the file.',
    ownStore:
      'Of two requests for one upload the later goes on, and the first is refused. Each takes a request of the window: parts of 64 MB and more are best.',
    curl: [
      version,
      '-H "Upload-Offset: 0"',
      '-H "Content-Type: application/offset+octet-stream"',
      '-i -X PATCH --data-binary @movie.mp4 "{url}"',
    ],
    errors: ['not_found', 'conflict', 'payload_too_large'],
    answer: `HTTP/1.1 204 No Content\nUpload-Offset: 734003200\nUpload-File: {"tracking_id":"V1StGXR8_Z5jdHi6B","file_name":"movie.mp4","size":734003200,"link":"ORIGIN/share/V1StGXR8_Z5jdHi6B/movie.mp4","folder":"/Films/","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}`,
  },
  endUpload: {
    summary: 'End an upload in parts',
    about:
      'Forgets an upload and deletes what came of it. One that is whole is a file by now, and answers `conflict`.',
    curl: [version, '-i -X DELETE "{url}"'],
    errors: ['not_found', 'conflict'],
    answer: 'HTTP/1.1 204 No Content',
  },
} satisfies Record<string, EndpointText>
