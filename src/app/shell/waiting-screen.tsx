import { Skeleton } from '#app/ui/skeleton.tsx'

/** The screen's shape while it is not known yet what it will hold. */
export function WaitingScreen() {
  return (
    <div aria-busy="true" className="flex h-full">
      <p role="status" className="sr-only">
        Connecting…
      </p>
      <div className="hidden w-64 shrink-0 flex-col gap-5 border-line border-r bg-sunken p-5 md:flex">
        <Skeleton className="h-4 w-24" />
        <Skeleton className="mt-4 h-3 w-20" />
        <Skeleton className="ml-4 h-3 w-28" />
        <Skeleton className="ml-4 h-3 w-24" />
      </div>
      <div className="grow">
        <div className="flex h-13 items-center border-line border-b px-4">
          <Skeleton className="h-3 w-32" />
        </div>
      </div>
    </div>
  )
}
