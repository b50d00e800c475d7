import '@fontsource-variable/inter/wght.css'
import './ui/tokens.css'
import './ui/base.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { useNotices } from './stores/notices.ts'
import { openChannel } from './workbench/channels.ts'
import { startSession } from './workbench/startSession.ts'

const pinia = createPinia()
const app = createApp(App)
app.use(pinia)
const notices = useNotices(pinia)
app.config.errorHandler = (error) => notices.showError(error)
window.addEventListener('unhandledrejection', ({ reason }) => notices.showError(reason))
startSession(pinia, openChannel)
app.mount('#app')
