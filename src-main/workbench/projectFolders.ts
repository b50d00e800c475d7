import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve, sep, isAbsolute } from 'node:path'
import { WorkbenchError } from '../contract/errors.ts'
import type { Hello } from '../contract/api.ts'

/** Where Antipode keeps what belongs to no project, under the person's home folder. */
export const homeFolders = {
  root: (home: string) => join(home, 'Antipode'),
  uploads: (home: string) => join(home, 'Antipode', 'uploads'),
  engines: (home: string) => join(home, 'Antipode', 'engines.json'),
  recent: (home: string) => join(home, 'Antipode', 'recent.json'),
} as const

/**
 * The project folder of a folder of images for which none was named: the same for the same path,
 * told apart from folders of the same name by a hash of the path.
 *
 * @param source absolute
 */
export function defaultProjectFolder(home: string, source: string): string {
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 6)
  const name = basename(source).replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'images'
  return join(homeFolders.root(home), `${name.slice(0, 80)}-${hash}`)
}

/** Throws `bad-request` where one lies in the other: the project would become part of its images. */
export function checkApart(project: string, source: string): void {
  if (isInside(project, source))
    throw new WorkbenchError(
      'bad-request',
      `The project folder ${project} lies inside the folder of images ${source}, which is only read. Choose a folder of images further down, or another project folder.`,
    )
  if (isInside(source, join(project, 'runs')) || resolve(project) === resolve(source))
    throw new WorkbenchError(
      'bad-request',
      `The folder of images ${source} lies inside the project folder ${project}. Choose another project folder.`,
    )
}

/** Whether `inner` is `outer` or lies in it. */
export function isInside(inner: string, outer: string): boolean {
  const path = relative(resolve(outer), resolve(inner))
  return path === '' || (!isAbsolute(path) && path !== '..' && !path.startsWith(`..${sep}`))
}

/** A project that was open before. */
interface Recent {
  /** The folder of images. */
  readonly folder: string
  readonly project: string
  readonly name: string
}

const mostRecent = 12

/**
 * The last one first; none where the list is missing or damaged, since nothing hangs on it. Each can
 * be opened by its `folder`: that of the images, or that of a project that lies in a place of its own.
 */
export async function readRecent(home: string): Promise<Hello['recent']> {
  const recent = await recentOf(home)
  return recent.map(({ folder, project, name }) => {
    const isDefault = project === defaultProjectFolder(home, folder)
    return { folder: isDefault ? folder : project, name }
  })
}

/** Puts a project at the head of the list. */
export async function rememberRecent(home: string, opened: Recent): Promise<void> {
  const others = (await recentOf(home)).filter(({ project }) => project !== opened.project)
  const projects = [opened, ...others].slice(0, mostRecent)
  const path = homeFolders.recent(home)
  await mkdir(homeFolders.root(home), { recursive: true })
  const draft = `${path}.${process.pid}.part`
  await writeFile(draft, `${JSON.stringify({ version: 1, projects }, null, 2)}\n`)
  await rename(draft, path)
}

async function recentOf(home: string): Promise<readonly Recent[]> {
  try {
    const list: unknown = JSON.parse(await readFile(homeFolders.recent(home), 'utf8'))
    const projects = (list as { readonly projects?: unknown }).projects
    return Array.isArray(projects) ? projects.filter(isRecent) : []
  } catch {
    return []
  }
}

function isRecent(entry: unknown): entry is Recent {
  if (typeof entry !== 'object' || entry === null) return false
  const { folder, project, name } = entry as Record<string, unknown>
  return [folder, project, name].every((value) => typeof value === 'string')
}
