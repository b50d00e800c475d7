/** The numbers of all groups, the largest first, of equals the lower one; rows with −1 are in none. */
export function bySize(numbers: Int32Array): readonly number[] {
  const sizes = new Map<number, number>()
  for (const number of numbers) if (number >= 0) sizes.set(number, (sizes.get(number) ?? 0) + 1)
  return Array.from(sizes)
    .sort(([a, sizeA], [b, sizeB]) => sizeB - sizeA || a - b)
    .map(([number]) => number)
}
