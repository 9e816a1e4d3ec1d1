import { Page } from '../components/page.tsx'

export default function Soon() {
  return <Page title="new-document">Soon</Page>
}
