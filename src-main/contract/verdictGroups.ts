import type { Verdict } from './journal.ts'

/**
 * What verdicts say together: “same” joins images into groups, and a group is different from whatever any of
 * it was called different from. A duplicate is the same; “ignore” and “later” say nothing of groups.
 */
export class VerdictGroups {
  private readonly parent = new Map<number, number>()
  private readonly members = new Map<number, number[]>()
  /** Leaders of the groups that a group is different from. */
  private readonly apart = new Map<number, Set<number>>()

  /** Verdicts that would make a group different from itself are passed over. */
  static of(verdicts: readonly Verdict[]): VerdictGroups {
    const groups = new VerdictGroups()
    for (const verdict of verdicts) if (doesJoin(verdict)) groups.join(verdict.a, verdict.b)
    for (const verdict of verdicts) if (verdict.verdict === 'different') groups.add(verdict)
    return groups
  }

  /** Takes a verdict in. @returns false when it contradicts the others; then nothing is changed */
  add(verdict: Verdict): boolean {
    const { a, b } = verdict
    if (doesJoin(verdict)) {
      if (this.isDifferent(a, b)) return false
      this.join(a, b)
    } else if (verdict.verdict === 'different') {
      const [first, second] = [this.leaderOf(a), this.leaderOf(b)]
      if (first === second) return false
      this.separate(first, second)
      this.separate(second, first)
    }
    return true
  }

  /** Whether a chain of “same” leads from one image to the other. */
  isSame(first: number, second: number): boolean {
    return this.leaderOf(first) === this.leaderOf(second)
  }

  /** Whether some image of the one group was called different from some image of the other. */
  isDifferent(first: number, second: number): boolean {
    return this.apart.get(this.leaderOf(first))?.has(this.leaderOf(second)) ?? false
  }

  /** Images joined with this one, itself included, ascending. */
  membersOf(image: number): readonly number[] {
    return (this.members.get(this.leaderOf(image)) ?? [image]).toSorted((a, b) => a - b)
  }

  /** Images of all groups that this one's is different from. */
  othersOf(image: number): readonly number[] {
    const leaders = [...(this.apart.get(this.leaderOf(image)) ?? [])]
    return leaders.flatMap((leader) => this.members.get(leader) ?? [leader])
  }

  private leaderOf(image: number): number {
    let leader = image
    for (let next = this.parent.get(leader); next !== undefined; next = this.parent.get(leader))
      leader = next
    // Later ways are short.
    for (let at = image; at !== leader;) {
      const next = this.parent.get(at) ?? leader
      this.parent.set(at, leader)
      at = next
    }
    return leader
  }

  private join(a: number, b: number): void {
    const [first, second] = [this.leaderOf(a), this.leaderOf(b)]
    if (first === second) return
    const [large, small] = [
      this.members.get(first) ?? [first],
      this.members.get(second) ?? [second],
    ]
    const [leader, follower] = large.length >= small.length ? [first, second] : [second, first]
    this.parent.set(follower, leader)
    this.members.set(leader, [...large, ...small])
    this.members.delete(follower)
    for (const other of this.apart.get(follower) ?? []) {
      this.separate(leader, other)
      this.apart.get(other)?.delete(follower)
      this.separate(other, leader)
    }
    this.apart.delete(follower)
  }

  private separate(leader: number, other: number): void {
    const others = this.apart.get(leader) ?? new Set()
    this.apart.set(leader, others.add(other))
  }
}

/** Whether a verdict makes one thing of two images. */
export function doesJoin({ verdict }: Pick<Verdict, 'verdict'>): boolean {
  return verdict === 'same' || verdict === 'duplicate'
}
