import { type Project, projectQuery, projectsQuery, setFavoriteProject } from '../client/projects';
import { useWrite } from './use-write';

/** Makes a project one of the person's favourites, or no longer. */
export function useFavoriteProject(projectId: string) {
  return useWrite({
    write: (favorite: boolean) => setFavoriteProject(projectId, favorite),
    touches: [projectsQuery.queryKey],
    foresees: (favorite) => [
      {
        queryKey: projectsQuery.queryKey,
        exact: true,
        change: (projects: Project[]) => projects.map((project) => (project.id === projectId ? { ...project, favorite } : project)),
      },
      { queryKey: projectQuery(projectId).queryKey, exact: true, change: (project: object) => ({ ...project, favorite }) },
    ],
  });
}
