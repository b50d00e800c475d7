import type { PngOptions } from '../sphere/stillPicture.ts'

/** In which form the picture is saved. */
export type PictureForm = ({ readonly kind: 'png' } & PngOptions) | { readonly kind: 'svg' }
