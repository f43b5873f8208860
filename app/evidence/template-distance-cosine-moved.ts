import { templateDistanceMoved } from './template-distance-moved.ts';

export const templateDistanceCosineMoved = templateDistanceMoved('template_distance_cosine_moved', 'cosine', 3);
