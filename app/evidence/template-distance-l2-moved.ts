import { templateDistanceMoved } from './template-distance-moved.ts';

export const templateDistanceL2Moved = templateDistanceMoved('template_distance_l2_moved', 'l2', 2);
