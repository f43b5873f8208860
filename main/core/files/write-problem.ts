import { Failure } from '../../../app/failure.ts';

/** What went wrong while writing to `folder`, as one sentence with the remedy. A `Failure` passes through. */
export function writeProblem(error: unknown, folder: string): Failure {
  if (error instanceof Failure) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'ABORT_ERR') return new Failure('cancelled', 'Cancelled.');
  const details = { folder, code };
  const nothing = 'Nothing else was changed.';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure(
        'output.failed',
        `There is no space left to write ${folder}. Free some or choose another disk. ${nothing}`,
        details,
        error,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure(
        'output.failed',
        `${folder} can't be written: no permission there. Choose another folder. ${nothing}`,
        details,
        error,
      );
    case 'ENOTDIR':
      return new Failure('output.failed', `${folder} can't be made: a part of its path is a file. Choose another folder.`, details, error);
    case 'ENAMETOOLONG':
      return new Failure('output.failed', `${folder} can't be made: the name is too long. Choose a shorter one.`, details, error);
    default:
      return new Failure(
        'output.failed',
        `Writing ${folder} failed (${code === '' ? 'unknown reason' : code}). ${nothing}`,
        details,
        error,
      );
  }
}
