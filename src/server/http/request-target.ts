/** Whether a request target is a path of ours: no "*", no other origin. */
export function isPath(target: string): boolean {
  return target.startsWith('/') && !target.startsWith('//')
}

/** The path of a target, its escapes read: "/%61pi" is "/api". One with a broken escape stays as it is. */
export function readPath(target: string): string {
  const path = pathOf(target)
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Whether a path can only be meant for a program: what is not there is told in JSON. */
export function isProgramPath(target: string): boolean {
  return /^\/(api|share)(\/|$)/.test(readPath(target))
}

/** A target that is no path may have been meant for the API: nobody can say. */
export function isForV1(target: string): boolean {
  return /^\/api\/v1(\/|$)/.test(readPath(target)) || !isPath(target)
}

export function isDecodable(target: string): boolean {
  try {
    decodeURI(pathOf(target))
    return true
  } catch {
    return false
  }
}

/**
 * The router answers a path with a broken escape by itself, past every hook. With its escapes
 * escaped it takes the way of all others, where `checkHead` refuses it by its original.
 */
export function routableUrl({ url = '/' }: { url?: string | undefined }): string {
  if (isDecodable(url)) return url
  const path = pathOf(url)
  return path.replaceAll('%', '%25') + url.slice(path.length)
}

export function pathOf(target: string): string {
  return target.split(/[?#]/, 1)[0] ?? ''
}
