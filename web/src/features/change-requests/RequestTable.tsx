import { Link } from '@tanstack/react-router';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import { StateChip } from '../../components/StateChip';
import { type Column, Table } from '../../components/Table';
import { texts } from '../../texts';
import styles from './RequestTable.module.css';

/** What a list shows of a change request. */
export interface ShownRequest {
  id: number;
  title: string;
  project: string;
  /** The project's name, where requests of several are listed. */
  projectName?: string;
  environment: string;
  by: string;
  createdAt: string;
  state: string;
  schedule?: { status: string };
  /** The flags and segments that it changes. */
  names: string[];
}

export type SortKey = 'title' | 'createdAt' | 'environment' | 'state';

interface RequestTableProps {
  requests: ShownRequest[];
  sort?: { key: SortKey; order: 'asc' | 'desc'; choose: (key: SortKey) => void };
}

const columns: (Column & { key: SortKey })[] = [
  { key: 'title', label: texts.request.columns.title },
  { key: 'environment', label: texts.request.columns.environment, wide: true },
  { key: 'createdAt', label: texts.request.columns.created, wide: true },
  { key: 'state', label: texts.request.columns.state },
];

/** Change requests, one a row. */
export function RequestTable({ requests, sort }: RequestTableProps) {
  return (
    <Table
      label={texts.request.list}
      columns={columns.map((column) => ({
        ...column,
        ...(sort ? { sort: { order: sort.key === column.key ? sort.order : undefined, choose: () => sort.choose(column.key) } } : {}),
      }))}
    >
      {requests.map((request) => (
        <tr key={request.id}>
          <td>
            <Link
              to="/projects/$projectId/change-requests/$id"
              params={{ projectId: request.project, id: request.id }}
              className={styles.link}
            >
              {request.title}
            </Link>
            <p className={styles.facts}>
              {texts.request.number(request.id)}
              {request.projectName && <span>{request.projectName}</span>}
              <span className={styles.names} title={request.names.join(', ')}>
                {request.names.length > 2 ? texts.request.flagsMore(request.names[0] ?? '', request.names.length - 1) : request.names.join(', ')}
              </span>
            </p>
          </td>
          <td data-wide>{request.environment}</td>
          <td data-wide>
            <span className={styles.by}>
              <Avatar name={request.by} />
              <Ago at={request.createdAt} />
            </span>
          </td>
          <td>
            <StateChip state={request.state} schedule={request.schedule} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
