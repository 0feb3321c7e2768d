/** The columns that the header, the rows and their skeletons share. */
export function columnsClass(isNarrow: boolean): string {
  return isNarrow
    ? 'grid-cols-[2.75rem_minmax(0,1fr)_auto] gap-x-1'
    : 'grid-cols-[2rem_minmax(0,1fr)_5.5rem_7rem_3.5rem] gap-x-2 pointer-coarse:grid-cols-[2rem_minmax(0,1fr)_5.5rem_7rem_5.5rem] lg:grid-cols-[2rem_minmax(0,1fr)_6.5rem_8.5rem_6rem]'
}

/** px. Rows with two lines where the columns do not fit beside the name. */
export function rowHeight(isNarrow: boolean): number {
  return isNarrow ? 56 : 38
}
