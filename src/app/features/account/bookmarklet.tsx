import { Bookmark } from 'lucide-react'
import { announce } from '#app/ui/announcer.tsx'

/**
 * Runs on whatever page it is pressed on: takes the links of what is selected there, else the page's own
 * address. Behind the `#` nothing reaches a server before somebody said so, and no key is in it.
 */
function bookmarklet(origin: string): string {
  return `javascript:(()=>{const s=getSelection(),d=document.createElement('div');if(s.rangeCount)d.append(s.getRangeAt(0).cloneContents());const t=[...d.querySelectorAll('a[href]')].map(a=>a.href).join('\\n')||String(s);open('${origin}/import#'+new URLSearchParams(t?{text:t}:{url:location.href}),'_blank','noopener')})()`
}

/** React refuses scripts as addresses, and is right to; this one is the app's own. */
function prepare(link: HTMLAnchorElement | null): void {
  link?.setAttribute('href', bookmarklet(location.origin))
  link?.addEventListener('click', (event) => {
    event.preventDefault()
    announce('Drag it to your bookmarks bar. Pressed there, it imports the page you are on.')
  })
}

/** A link for the bookmarks bar that brings a page, or the links selected on it, to the dialog for imports. */
export function Bookmarklet({ className }: { className: string }) {
  return (
    <div>
      <a
        href="/import"
        ref={prepare}
        draggable
        className={className}
        title="Drag it to your bookmarks bar"
      >
        <span aria-hidden="true" className="text-muted [&_svg]:size-4">
          <Bookmark />
        </span>
        Import to Barkeep
      </a>
      <p className="px-2 pb-1 text-muted text-xs">
        For your bookmarks bar: imports the page you are on, or the links you selected on it.
      </p>
    </div>
  )
}
