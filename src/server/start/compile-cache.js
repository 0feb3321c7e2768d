import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Stripping types takes a compiler of 30 MB and half the time to start; what was stripped before is
// read from here. Not from the system's temporary folder, where others could write. Not TypeScript
// itself, or the compiler would be loaded for it.
enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/barkeep'))
