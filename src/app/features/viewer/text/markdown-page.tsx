import { type MouseEvent, useLayoutEffect, useMemo, useRef } from 'react'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { headingAnchor } from './link-target.ts'
import styles from './markdown.css?inline'
import { renderMarkdown } from './render-markdown.ts'

export type MarkdownPageProps = {
  text: string
  siblings: readonly ViewedFile[]
  /** It cannot be laid out: the source is shown instead. */
  onFailed: () => void
}

/** Markdown as a page, without anything in it that could run or be fetched from elsewhere. */
export function MarkdownPage({ text, siblings, onFailed }: MarkdownPageProps) {
  const page = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is made anew each time
  const content = useMemo(() => renderMarkdown(text, siblings), [text])
  useLayoutEffect(() => {
    if (content === null) onFailed()
    // A copy: what is put into the page is gone from the fragment.
    else page.current?.replaceChildren(content.cloneNode(true))
  }, [content, onFailed])

  function handleClick(event: MouseEvent) {
    const link = event.target instanceof Element ? event.target.closest('a[data-anchor]') : null
    if (!link) return
    event.preventDefault()
    const headings = page.current?.querySelectorAll('h1, h2, h3, h4, h5, h6') ?? []
    const heading = [...headings].find(
      ({ textContent }) => headingAnchor(textContent ?? '') === link.getAttribute('data-anchor'),
    )
    heading?.scrollIntoView({ block: 'start' })
  }

  return (
    <>
      <style href="markdown" precedence="part">
        {styles}
      </style>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: links in it are pressed, by Enter too */}
      <article ref={page} dir="auto" className="reader-page" onClick={handleClick} />
    </>
  )
}
