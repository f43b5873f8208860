import { LineChart, ScatterChart } from 'echarts/charts';
import { GraphicComponent, GridComponent } from 'echarts/components';

/** The parts of ECharts that the options of our pictures use. */
export const chartParts = [LineChart, ScatterChart, GridComponent, GraphicComponent];
