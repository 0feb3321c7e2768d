import clsx from 'clsx'
import { Fragment, memo, useEffect, useMemo, useRef, useState } from 'react'
import { canHighlight, highlightLines, type Token } from './highlight.ts'
import { type Block, splitBlocks } from './split-blocks.ts'

/** As the style sheet has it, px. */
const lineHeight = 20

export type TextLinesProps = {
  text: string
  /** Null for text without colours. */
  language: string | null
  isNumbered: boolean
  isWrapped: boolean
}

/**
 * Text, line by line. All of it is in the page, so that it can be searched and copied; browsers leave out
 * blocks that are out of sight, and only those near it have numbers and colours.
 */
export function TextLines({ text, language, isNumbered, isWrapped }: TextLinesProps) {
  const blocks = useMemo(() => splitBlocks(text), [text])
  const colors = useColors(text, language)
  const isPlain = !isNumbered && colors === null
  const digits = String(blocks.at(-1)?.rows.findLast(({ number }) => number !== null)?.number ?? 1)
  return (
    <div
      className={clsx(
        'reader-lines',
        isNumbered && 'reader-numbered',
        isWrapped && 'reader-wrapped',
      )}
      style={{ '--digits': `${Math.max(2, digits.length)}ch` } as React.CSSProperties}
    >
      {blocks.map((block, index) => (
        <BlockOfLines
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever added, or made longer
          key={index}
          block={block}
          isPlain={isPlain}
          colors={colors}
        />
      ))}
    </div>
  )
}

/** The colours of `text`; null until they are there, and where there are none. */
function useColors(text: string, language: string | null): Token[][] | null {
  const [found, setFound] = useState<{ text: string; lines: Token[][] | null } | null>(null)
  const isWanted = language !== null && canHighlight(text)
  useEffect(() => {
    if (!isWanted || language === null) return
    let isCurrent = true
    // After the text itself has been drawn.
    const timer = setTimeout(async () => {
      const lines = await highlightLines(text.replaceAll(/\r\n?/g, '\n'), language)
      if (isCurrent) setFound({ text, lines })
    })
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [text, language, isWanted])
  return isWanted && found?.text === text ? found.lines : null
}

const BlockOfLines = memo(function BlockOfLines({
  block,
  isPlain,
  colors,
}: {
  block: Block
  isPlain: boolean
  colors: Token[][] | null
}) {
  const element = useRef<HTMLDivElement>(null)
  const isNear = useIsNear(element, !isPlain)
  return (
    <div
      ref={element}
      className="reader-block"
      style={{ containIntrinsicBlockSize: `auto ${block.rows.length * lineHeight}px` }}
    >
      {isNear && !isPlain ? <Lines block={block} colors={colors} /> : block.text}
    </div>
  )
})

function Lines({ block, colors }: { block: Block; colors: Token[][] | null }) {
  return block.rows.map(({ number, text }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
    <div key={index} className="reader-line" {...(number !== null && { 'data-number': number })}>
      <Parts text={text} tokens={(number !== null && colors?.[number - 1]) || null} />
    </div>
  ))
}

function Parts({ text, tokens }: { text: string; tokens: Token[] | null }) {
  if (!tokens) return text
  return tokens.map((token, index) =>
    token.className === null ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
      <Fragment key={index}>{token.text}</Fragment>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
      <span key={index} className={token.className}>
        {token.text}
      </span>
    ),
  )
}

function useIsNear(element: React.RefObject<HTMLElement | null>, isAsked: boolean): boolean {
  const [isNear, setIsNear] = useState(false)
  useEffect(() => {
    const target = element.current
    if (!target || !isAsked) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return
        // For good: what is marked would be lost with the text that it is in.
        setIsNear(true)
        observer.disconnect()
      },
      { root: target.closest('.reader-scroller'), rootMargin: '800px 0px' },
    )
    observer.observe(target)
    return () => observer.disconnect()
  }, [element, isAsked])
  return isNear
}
